/** Whether standard error goes to the journal of systemd, see `systemd.exec(5)`, `$JOURNAL_STREAM`. */
import { fstatSync } from "node:fs";

const STDERR = 2;

/** @param stream `DEVICE:INODE` of the journal's socket; a child may have inherited the variable and write elsewhere */
export function isJournal(stream: string | undefined): boolean {
  if (!stream) return false;
  try {
    const { dev, ino } = fstatSync(STDERR, { bigint: true });
    return `${dev}:${ino}` === stream;
  } catch {
    return false;
  }
}
