// The prepared database from which each test file gets a copy.
export const TEMPLATE = "schulchat_template";
