// What the reader has chosen to see: models and thread counts. Charts ask, and are told of changes.

export class Choice {
  constructor(models, threads) {
    this.models = new Set(models.keys());
    this.threads = new Set(threads);
    this.all = { models: [...this.models], threads: [...threads] };
    this.listeners = [];
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  toggle(kind, value) {
    if (!this[kind].delete(value)) this[kind].add(value);
    this.#tell();
  }

  /** Chooses all values of a kind, or the given ones. */
  choose(kind, values = this.all[kind]) {
    this[kind] = new Set(values);
    this.#tell();
  }

  #tell() {
    for (const listener of this.listeners) listener();
  }
}
