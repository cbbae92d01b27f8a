// Desired state and difference of every school, one after the other, in a process of its own: its memory is its own too.
import { openDatabase } from "#lib/db/client.ts";
import { roomDifference } from "#lib/provisioning/difference.ts";
import { findManagedRooms } from "#lib/provisioning/room-states.ts";

const db = openDatabase(process.env["DATABASE_URL"] ?? "");
try {
  const schools = await db.school.findMany({ select: { id: true }, orderBy: { id: "asc" } });
  const counts = { rooms: 0, members: 0, differences: 0 };
  let differenceMs = 0;
  const start = performance.now();
  for (const { id: schoolId } of schools) {
    const rooms = await findManagedRooms(db, { schoolId });
    const read = performance.now();
    for (const { recorded, desired } of rooms) {
      counts.differences += roomDifference(recorded, desired).length;
      counts.members += desired.members.length;
    }
    counts.rooms += rooms.length;
    differenceMs += performance.now() - read;
  }
  const totalMs = performance.now() - start;
  process.send?.({ ...counts, totalMs, differenceMs, maxRssBytes: process.resourceUsage().maxRSS * 1_024 });
} finally {
  await db.$disconnect();
}
