/** Names of journal readers that no sink may have. */

/** Of the observer's reader and its metrics. */
export const OBSERVER_NAME = "observe";
