/** Where a workstation finds a job's file, and the link that has it opened there. Pure. */

/**
 * @param mount where the workstation mounts the storage: `Z:\storage`, `/mnt/storage`
 * @param filePath the path below the storage root, with forward slashes
 */
export function pathOnWorkstation(mount: string, filePath: string): string {
  const windows = /^[A-Za-z]:|^\\\\/.test(mount);
  const root = mount.replace(/[\\/]+$/, "");
  return windows ? `${root}\\${filePath.replaceAll("/", "\\")}` : `${root}/${filePath}`;
}

/** The `print3d://` link for a path. */
export function slicerLink(path: string): string {
  return `print3d://open?path=${encodeURIComponent(path)}`;
}
