/** How a workstation gets the slicer opener: what to download, what to do with it, and how to see that it works. */
import type { OpenerBuild } from "@server/opener/builds.server";
import type { OpenerPlatform } from "@server/opener/config-file";
import { Alert } from "./alert";
import { ButtonLink } from "./button";
import { Card, EmptyState } from "./card";
import { FactList } from "./facts";
import { Icon } from "./icon";
import { formatBytes } from "./model-file";

const SYSTEM: Record<OpenerPlatform, string> = { win: "Windows", linux: "Linux", darwin: "macOS" };

/** Where it goes and what to press there. */
const STEPS: Record<OpenerPlatform, { folder: string; register: string; check: string; after?: string }> = {
  win: {
    folder: "C:\\SlicerOpener",
    register: "register.bat",
    check: "SlicerOpener.exe --check",
    after:
      "Windows may warn about an unknown publisher. Compare the SHA-256 above first, then choose “More info” and “Run anyway”.",
  },
  linux: { folder: "~/SlicerOpener", register: "./register.sh", check: "./SlicerOpener --check" },
  darwin: { folder: "~/SlicerOpener", register: "./register.sh", check: "./SlicerOpener --check" },
};

export interface OpenerSetupProps {
  workstation: string;
  mount: string | null;
  /** What this workstation runs, as far as its storage path or browser tells. */
  platform: OpenerPlatform;
  builds: OpenerBuild[];
}

const systemOf = (build: OpenerBuild) => build.platform.split("-")[0] as OpenerPlatform;

export function OpenerSetup({ workstation, mount, platform, builds }: OpenerSetupProps) {
  const mine = builds.find((build) => systemOf(build) === platform);
  const others = builds.filter((build) => build !== mine);
  return (
    <div className="space-y-4">
      <p className="max-w-prose text-soft">
        A small program on each workstation that opens a job&apos;s very file in the local slicer when
        somebody presses “Open in slicer”. It opens files of the storage and nothing else.
      </p>
      {!mount && (
        <Alert tone="warning" title={`Nobody has said where ${workstation} finds the storage`}>
          <p>
            Whoever runs the print desk has to set <code>storage_path</code> for this workstation in{" "}
            <code>WORKSTATIONS</code>. Until then files can only be downloaded here.
          </p>
        </Alert>
      )}
      {builds.length === 0 ? (
        <Card title="Download">
          <EmptyState title="The opener has not been built on the server yet">
            <p>
              Whoever runs the print desk runs <code>npm run build:opener</code> there once, in the
              desk&apos;s folder. It makes the programs for Windows and Linux; this page then offers them.
            </p>
          </EmptyState>
        </Card>
      ) : (
        <>
          <Card title={`Set up ${workstation} (${SYSTEM[platform]})`}>
            {mine ? (
              <Steps build={mine} mount={mount} platform={platform} />
            ) : (
              <p>
                There is no build for {SYSTEM[platform]} yet. Whoever runs the print desk makes one with{" "}
                <code>npm run build:opener</code>
                {platform === "darwin" && ", on a Mac"}.
              </p>
            )}
          </Card>
          {others.length > 0 && (
            <Card title="Other systems">
              <ul className="rows">
                {others.map((build) => (
                  <li key={build.platform}>
                    <Download build={build} tone="neutral" />
                    <Figures build={build} />
                  </li>
                ))}
              </ul>
            </Card>
          )}
        </>
      )}
    </div>
  );
}

function Steps({
  build,
  mount,
  platform,
}: {
  build: OpenerBuild;
  mount: string | null;
  platform: OpenerPlatform;
}) {
  const { folder, register, check, after } = STEPS[platform];
  return (
    <ol className="list-decimal space-y-4 ps-6">
      <li>
        <p className="mb-2">
          Download the program and unpack the ZIP into a folder that stays, for instance{" "}
          <span className="path">{folder}</span>.
        </p>
        <Download build={build} tone="primary" />
        <Figures build={build} />
      </li>
      {mount && (
        <li>
          <p className="mb-2">
            Download this workstation&apos;s settings and put them beside the program. They name its storage,{" "}
            <span className="path">{mount}</span>.
          </p>
          <ButtonLink tone="neutral" href="/downloads/opener/config.ini" download="config.ini">
            <Icon name="file" />
            Download config.ini
          </ButtonLink>
        </li>
      )}
      <li>
        <p>
          Run <span className="path">{register}</span> there. It needs no administrator and concerns only your
          own user on this computer.
        </p>
        {after && <p className="mt-1 text-sm text-soft">{after}</p>}
      </li>
      <li>
        See whether everything is in place: <span className="path">{check}</span>
      </li>
      <li>
        Press “Open in slicer” on a job. The browser asks once whether it may start the opener: let it, and
        tick “always allow”.
      </li>
    </ol>
  );
}

function Download({ build, tone }: { build: OpenerBuild; tone: "primary" | "neutral" }) {
  return (
    <ButtonLink tone={tone} href={`/downloads/opener/files/${build.zip.file}`} download={build.zip.file}>
      Download for {SYSTEM[systemOf(build)]} ({formatBytes(build.zip.size_bytes)})
    </ButtonLink>
  );
}

function Figures({ build }: { build: OpenerBuild }) {
  return (
    <div className="mt-3">
      <FactList
        facts={[
          { label: "Version", value: `${build.version} (Node ${build.node})` },
          { label: "ZIP, SHA-256", value: <code className="text-sm break-all">{build.zip.sha256}</code> },
          {
            label: "Program",
            value: `${build.program.file.split("/").at(-1)}, ${formatBytes(build.program.size_bytes)}`,
          },
          {
            label: "Program, SHA-256",
            value: <code className="text-sm break-all">{build.program.sha256}</code>,
          },
        ]}
      />
    </div>
  );
}
