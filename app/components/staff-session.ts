/** What the staff's pages know of the session. */
export interface StaffSession {
  workstation_name: string;
  admin: boolean;
}
