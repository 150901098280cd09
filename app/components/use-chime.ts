/** Two soft notes when a new request has come in. Browsers want one click before a page may make a sound. */
import { useCallback, useEffect, useRef, useState } from "react";

/** Hertz, and seconds after the start. */
const NOTES = [
  [659.25, 0],
  [880, 0.16],
] as const;

export interface Chime {
  /** The browser still wants a click before it lets the page make a sound. */
  asks: boolean;
  allow: () => void;
}

/**
 * @param newest number of the newest submission; when it grows, the chime rings
 * @param volume 0 to 100
 */
export function useChime(newest: number, { enabled, volume }: { enabled: boolean; volume: number }): Chime {
  const audio = useRef<AudioContext | null>(null);
  const heard = useRef(newest);
  const [asks, setAsks] = useState(false);

  const ring = useCallback(() => {
    const context = audio.current;
    if (!context || context.state !== "running") return;
    for (const [hertz, after] of NOTES) {
      const tone = context.createOscillator();
      const gain = context.createGain();
      const at = context.currentTime + after;
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime((volume / 100) * 0.4, at + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.6);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.65);
    }
  }, [volume]);

  useEffect(() => {
    if (!enabled || typeof AudioContext === "undefined") return setAsks(false);
    const context = new AudioContext();
    audio.current = context;
    const tell = () => setAsks(context.state === "suspended");
    context.addEventListener("statechange", tell);
    tell();
    return () => {
      context.removeEventListener("statechange", tell);
      audio.current = null;
      void context.close();
    };
  }, [enabled]);

  useEffect(() => {
    if (newest > heard.current && enabled) {
      ring();
      // For tests, and for whoever wonders whether it rang.
      document.documentElement.dataset.rang = String(newest);
    }
    heard.current = Math.max(heard.current, newest);
  }, [newest, enabled, ring]);

  const allow = useCallback(() => void audio.current?.resume().then(ring), [ring]);
  return { asks, allow };
}
