/** A promise that is settled from outside; the first call wins. (`Promise.withResolvers` comes with Node 22.) */
export class Deferred<Value = void> {
  readonly promise: Promise<Value>
  resolve!: (value: Value) => void
  reject!: (reason: Error) => void

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }
}
