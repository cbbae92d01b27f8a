// What can be wrong with a managed room so that trying again does not help; shown, and looked at again at the next sync.

/** Stable codes in `ManagedRoom.problem`; anything else there is an errcode of Synapse. */
export type RoomProblem =
  | "aliasTaken" // a room of somebody else has the alias
  | "roomGone" // Synapse does not know the room; a verification makes it anew
  | "noPowerLevels"
  | "provisionerRemoved" // and nobody in the room through whom it could come back
  | "provisionerLimited"; // it is in the room with less than its level

export class RoomProblemError extends Error {
  override readonly name = "RoomProblemError";
  readonly code: RoomProblem;

  constructor(code: RoomProblem) {
    super(code);
    this.code = code;
  }
}
