// Looks at this machine, and says what follows from what it finds. Nothing is sent unless that was asked for.
import type { Context } from '../context.ts'
import { checkCertificates } from './doctor/certificates.ts'
import { type Check, type CheckGroup, note, ok, problem } from './doctor/check.ts'
import { checkClock, compareClock, readClock } from './doctor/clock.ts'
import { checkInterfaces } from './doctor/interfaces.ts'
import { checkAdb, checkLeftPhones, checkTunnels, checkWays } from './doctor/phone.ts'
import {
  checkProfile,
  checkProject,
  checkVariables,
  type ProfileState,
  type ProjectState,
} from './doctor/profile.ts'
import { checkProxy } from './doctor/proxy.ts'
import { checkFolders, checkSecretPlace, compareChecks } from './doctor/store.ts'
import { checkBrowser, checkSurroundings, findSurroundings } from './doctor/surroundings.ts'
import { checkQr, checkTerminal, type ColorDecision, type MeasureQr } from './doctor/terminal.ts'

export interface DoctorInput {
  color: ColorDecision
  measureQr: MeasureQr
  /** Finds the profile; called after the stored files were checked, since reading them repairs their modes. */
  findProfile(project: ProjectState): Promise<ProfileState>
  findProject(): Promise<ProjectState>
  /** Whether one request may be sent, to compare the clocks. */
  isOnline: boolean
}

/** Looks at everything; what is found is in the checks, and only a bug or an interruption throws. */
export async function runDoctor(context: Context, input: DoctorInput): Promise<CheckGroup[]> {
  const earlier = readClock(context)
  const found = await checkFolders(context)
  const project = await input.findProject()
  const profile = await input.findProfile(project)
  const folders = compareChecks(found, await checkFolders(context))
  const surroundings = await findSurroundings(context)
  const browser = await checkBrowser(context)
  const [secretPlace, ways, adb, left, tunnels, certificates, qr] = await Promise.all([
    checkSecretPlace(context),
    checkWays(context, browser),
    checkAdb(context),
    checkLeftPhones(context),
    checkTunnels(context),
    checkCertificates(context, profile),
    checkQr(context, profile, input.measureQr),
  ])
  const online = await compareClocks(context, input, profile)
  return [
    { title: 'Program', checks: checkProgram(context) },
    { title: 'Terminal', checks: [...checkTerminal(context, input.color), ...qr] },
    { title: 'Session', checks: [...checkSurroundings(surroundings), browser] },
    {
      title: 'Network',
      checks: [
        ...checkProxy(context, profile),
        ...certificates,
        checkClock(context, earlier),
        ...online,
        ...checkInterfaces(context, surroundings),
      ],
    },
    { title: 'Ways to a phone', checks: [...ways, ...adb, ...left, tunnels] },
    { title: 'Files', checks: [...folders, secretPlace] },
    {
      title: 'Configuration',
      checks: [
        ...(isSaid(profile, project, folders) ? [] : [checkProfile(profile)]),
        ...checkVariables(context, profile),
        checkProject(project),
      ],
    },
  ]
}

/** What stops the choice of a profile may be said already, of the project's file or of the folder of profiles. */
function isSaid(profile: ProfileState, project: ProjectState, folders: readonly Check[]): boolean {
  if (profile.kind !== 'broken') return false
  const { title } = profile.problem
  return (
    (project.kind === 'broken' && project.problem.title === title) ||
    folders.some(({ detail }) => detail.startsWith(title))
  )
}

/** A program that was started from source may run on an older Node than `bin/nv.js` lets in. */
function checkProgram({ tool }: Pick<Context, 'tool'>): Check[] {
  const [major = 0, minor = 0] = tool.node.replace(/^v/, '').split('.').map(Number)
  const isInRange = major > 20 || (major === 20 && minor >= 19)
  return [
    isInRange
      ? ok('node', `Node ${tool.node}`, 'nv needs 20.19 or newer')
      : problem('node', `Node ${tool.node} is too old`, 'nv needs 20.19 or newer', 'Install a newer Node.'),
    ok('nv', `nv ${tool.version} on ${tool.platform}`, 'Name it in bug reports'),
  ]
}

async function compareClocks(
  context: Context,
  { isOnline }: DoctorInput,
  profile: ProfileState,
): Promise<Check[]> {
  if (!isOnline) return []
  const { tokenUrl, issuer, apiUrl, authorizeUrl, proxy } =
    profile.kind === 'found' ? profile.settings : { proxy: undefined }
  const url = tokenUrl ?? issuer ?? apiUrl ?? authorizeUrl
  if (url === undefined)
    return [note('clock-online', 'The profile names no gateway', 'nv has no other clock to compare with')]
  const path = profile.kind === 'found' ? profile.settings.ca : undefined
  const ca = path === undefined ? null : await context.files.read(path).catch(() => null)
  return [await compareClock(context, { url, proxy, ca: ca ?? undefined })]
}
