// The requests of the published chat client, word for word: what it sends must work, and what it must not get is
// refused in exactly this form. (Its direct chat stands beside MatrixSession.)

/** A group chat; with `othersMayWrite: false` the switch "others cannot send messages" is on. */
export function groupChat({ name = "Elternabend 7b", othersMayWrite = true } = {}) {
  return {
    preset: "private_chat",
    visibility: "private",
    name,
    initial_state: [{ type: "m.room.encryption", content: { algorithm: "m.megolm.v1.aes-sha2" } }],
    power_level_content_override: {
      invite: 50,
      ...(!othersMayWrite && { users_default: -1 }),
      events: {
        "m.room.name": 50,
        "m.room.power_levels": 100,
        "m.room.history_visibility": 100,
        "m.room.canonical_alias": 50,
        "m.room.avatar": 50,
        "m.room.tombstone": 100,
        "m.room.server_acl": 100,
        "m.room.encryption": 100,
        "edu.matrix.klassenfunk.read_receipt": -2,
      },
    },
  };
}

/** The state event that names a room's school; its type is the default of the module's configuration. */
export const SCHOOL_MARKER = "edu.matrix.klassenfunk.school_identifier";

/** Groups are invited through the join rules: the alias of the group's room stands where Matrix wants a room id. */
export function restrictedTo(...roomIds: readonly string[]) {
  return { join_rule: "restricted", allow: roomIds.map((id) => ({ type: "m.room_membership", room_id: id })) };
}
