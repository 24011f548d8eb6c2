// What nv changed on a phone or on its cable during a run, and still has to restore.

export type Change =
  | { change: 'wifi-off' }
  /** A port of the phone that leads here, or one of this machine that leads there, as adb writes it. */
  | { change: 'reverse' | 'forward'; port: string }
  /** A tab in Chrome on the phone, which this address of this machine closes. */
  | { change: 'tab'; closeUrl: string }

export type PhoneChange = Change & {
  /** What its file is named after. */
  id: string
  /** The serial number of the phone. */
  serial: string
  /** The phone as its user knows it, for messages. */
  phone: string
}

/** Outlives the process, which may be killed. Each method throws a SetupError when the disk refuses. */
export interface PhoneChanges {
  /** Remembers a change before it is made. */
  add(change: Change & Pick<PhoneChange, 'serial' | 'phone'>): Promise<PhoneChange>
  /** Lists what dead processes left behind; what a running one changed is left to it. */
  abandoned(): Promise<PhoneChange[]>
  forget(change: PhoneChange): Promise<void>
}
