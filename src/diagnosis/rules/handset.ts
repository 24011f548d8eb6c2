// What a phone on a cable said of itself, as far as it stands in the way of the flow.
import type { Finding } from '../../run/finding.ts'
import { finding, type Place } from '../finding.ts'
import type { Rule } from '../recorded.ts'
import { isOnThisMachine } from './visitor.ts'

const place: Place = { step: 'authorize' }

/** Warns of a browser that is not the phone's, and of one that is driven in plain sight. */
export const noteBrowser: Rule = (recording) => {
  const isOther = recording.request.via === 'browser' && !isOnThisMachine(recording)
  const elsewhere = recording.observations.find((observation) => observation.code === 'devtools_elsewhere')
  return [
    ...(isOther ? [finding('browser_of_this_machine', place)] : []),
    ...(elsewhere ? [finding('devtools_unencrypted', place, { host: elsewhere.facts.host })] : []),
  ]
}

/** Says what will go wrong before it does. What the phone did not report leads to no finding. */
export const noteHandset: Rule = ({ observations }) => {
  const facts = observations.findLast(({ code }) => code === 'phone_state')?.facts
  if (facts === undefined || !('isAirplane' in facts)) return []
  const phone = facts.model ?? 'the phone'
  const { sims, dataSim, operator, isOverNetwork, defaultNetwork } = facts
  const isOnWifi = defaultNetwork === 'wifi' || (defaultNetwork === null && facts.wifi === 'on')
  const found: Finding[] = []
  // A phone that is on mobile data has a SIM and has it switched on, whatever its settings say.
  const isOnData = defaultNetwork === 'cellular'
  if (!isOnData && facts.isAirplane) found.push(finding('phone_airplane_mode', place, { phone }))
  else if (!isOnData && sims === 0) found.push(finding('phone_without_sim', place, { phone }))
  else if (!isOnData && facts.mobileData === 'off') found.push(finding('phone_data_off', place, { phone }))
  if (isOnWifi)
    found.push(finding('phone_on_wifi', place, { phone, isOverNetwork, isInUse: defaultNetwork === 'wifi' }))
  else if (found.length === 0 && defaultNetwork !== null && !isOnData)
    found.push(finding('phone_on_other_network', place, { phone, network: defaultNetwork }))
  if (facts.usesVpn) found.push(finding('phone_vpn', place, { phone }))
  if (facts.privateDns === 'hostname') found.push(finding('phone_private_dns', place, { phone }))
  if (facts.isRoaming) found.push(finding('phone_roaming', place, { phone, operator }))
  if (sims !== null && sims > 1)
    found.push(finding('phone_several_sims', place, { phone, dataSim, operator }))
  return found
}
