/** The rows that the walks of one process hold in memory, all together: what one group may hold depends on the others. */
export class Rooms {
  readonly #most: number
  #held = 0

  constructor(most: number) {
    this.#most = most
  }

  /** A walk's part of it, given back when it is disposed of. */
  enter(): Room {
    let own = 0
    const hold = (rows: number) => {
      this.#held += rows - own
      own = rows
    }
    return {
      holds: (rows) => {
        if (rows > own && this.#held + rows - own > this.#most) return false
        hold(rows)
        return true
      },
      [Symbol.dispose]: () => hold(0),
    }
  }
}

export interface Room extends Disposable {
  /** Whether there is room for so many rows of this walk; then they count, in place of those before. */
  holds(rows: number): boolean
}

/** Some 60 MB of rows, with what comparing needs of them. */
export const rooms = new Rooms(100_000)
