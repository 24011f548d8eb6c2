// What nv changed on a phone during a run, and still has to restore.

export interface PhoneChange {
  /** What its file is named after. */
  id: string
  /** The serial number of the phone. */
  serial: string
  /** The phone as its user knows it, for messages. */
  phone: string
  change: 'wifi-off'
}

/** Outlives the process, which may be killed. Each method throws a SetupError when the disk refuses. */
export interface PhoneChanges {
  /** Remembers a change before it is made. */
  add(change: Omit<PhoneChange, 'id'>): Promise<PhoneChange>
  /** Lists what processes left behind that are gone; what a running one changed is its own. */
  abandoned(): Promise<PhoneChange[]>
  forget(change: PhoneChange): Promise<void>
}
