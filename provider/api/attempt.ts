/**
 * The options of each new connection. If a host has several addresses, Node.js gives an attempt at each but
 * the last 250 ms. On a slow network that ends the attempts at all of them.
 */
export const attempt = { autoSelectFamilyAttemptTimeout: 3_000 } as const;
