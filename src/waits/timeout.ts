/**
 * Resolves to the result of `work`, or to `otherwise` if it fails or takes longer than `ms`. Never rejects. Work that
 * takes longer is not stopped; its result is dropped.
 */
export async function withTimeout<T>(work: Promise<T>, ms: number, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms);
  });
  try {
    return await Promise.race([work.catch(() => otherwise), late]);
  } finally {
    clearTimeout(timer);
  }
}
