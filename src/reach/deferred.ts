// A promise that is settled from outside, by what arrives.

export interface Deferred<T> {
  promise: Promise<T>
  resolve(value: T): void
}

/** Makes one. */
export function createDeferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
