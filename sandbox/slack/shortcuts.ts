/** The message shortcuts of the app, as its manifest has them: Slack offers them in the menu of each message. */
export const SHORTCUTS = [{ name: 'Why is this not live?', callback_id: 'why' }] as const;
