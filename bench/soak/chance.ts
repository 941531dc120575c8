/** What happens by chance in a soak. */
export const chance = (of: number): boolean => Math.random() < of;
export const oneOf = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;
