/** Every endpoint there is, by noun. The rows say everything; see `endpoint.ts`. */
import { auditEndpoints } from "./audit";
import { authEndpoints } from "./auth";
import { catalogEndpoints } from "./catalog";
import { decisionEndpoints } from "./decisions";
import { descriptionEndpoints } from "./description";
import type { Endpoint } from "./endpoint";
import { diagnosticEndpoints } from "./diagnostics";
import { exportEndpoints } from "./exports";
import { fileEndpoints } from "./files";
import { healthEndpoints } from "./health";
import { jobEndpoints } from "./jobs";
import { lockEndpoints } from "./locks";
import { monitoringEndpoints } from "./monitoring";
import { overrideEndpoints } from "./overrides";
import { paymentEndpoints } from "./payments";
import { reportEndpoints } from "./reports";
import { retentionEndpoints } from "./retention";
import { settingsEndpoints } from "./settings";
import { staffEndpoints } from "./staff";
import { submitEndpoints } from "./submit";

export const ENDPOINTS: readonly Endpoint[] = [
  ...authEndpoints,
  ...submitEndpoints,
  ...jobEndpoints,
  ...lockEndpoints,
  ...decisionEndpoints,
  ...paymentEndpoints,
  ...fileEndpoints,
  ...overrideEndpoints,
  ...catalogEndpoints,
  ...staffEndpoints,
  ...exportEndpoints,
  ...reportEndpoints,
  ...healthEndpoints,
  ...auditEndpoints,
  ...monitoringEndpoints,
  ...diagnosticEndpoints,
  ...settingsEndpoints,
  ...retentionEndpoints,
  ...descriptionEndpoints(() => ENDPOINTS),
];
