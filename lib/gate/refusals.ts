// The words of a refusal. One text and one code for forbidden, unknown, locked and protected people, so that an answer
// tells nothing about anybody (design §5). German, because the chat client shows them as they are.

export type Refusal = { readonly errcode: string; readonly error: string };

export const CONTACT_REFUSED: Refusal = {
  errcode: "DE.SCHULCHAT.CONTACT_REFUSED",
  error: "Mit dieser Person ist hier kein Chat möglich. Fragen dazu beantwortet die Schule.",
};
export const ROOM_REFUSED: Refusal = {
  errcode: "DE.SCHULCHAT.ROOM_REFUSED",
  error: "Mit Ihrer Rolle können Sie keinen Raum eröffnen. Fragen dazu beantwortet die Schule.",
};
export const SETTING_REFUSED: Refusal = {
  errcode: "DE.SCHULCHAT.ROOM_SETTING_REFUSED",
  error: "Diese Raumeinstellung ist im Schulchat nicht vorgesehen.",
};
/** One text for groups that are unknown, foreign, or not for this person to add. */
export const GROUP_REFUSED: Refusal = {
  errcode: "DE.SCHULCHAT.GROUP_REFUSED",
  error: "Diese Gruppe können Sie hier nicht einladen. Fragen dazu beantwortet die Schule.",
};
export const LAST_MODERATOR: Refusal = {
  errcode: "DE.SCHULCHAT.LAST_MODERATOR",
  error:
    "Ohne Sie hätte dieser Raum keine Moderation mehr. Bitte machen Sie zuerst eine andere Lehrkraft zur Moderation.",
};
export const TRY_AGAIN: Refusal = {
  errcode: "DE.SCHULCHAT.TRY_AGAIN",
  error: "Das lässt sich gerade nicht prüfen. Bitte versuchen Sie es in einer Minute noch einmal.",
};

/** Of a join or leave, always M_FORBIDDEN: on any other code the published client drops the invitation or the room. */
export function asMembershipRefusal(refusal: Refusal): Refusal {
  return { ...refusal, errcode: "M_FORBIDDEN" };
}
