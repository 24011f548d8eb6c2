// The part of the environment that programs started by nv see.

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The variables that a browser, a keychain or a tool needs: who and where the user is, the desktop, the language, the
 * proxy, the server of adb. A list of what may pass, since a profile can name any variable at all as the place of a secret.
 */
const passing =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TERM|LANG|LANGUAGE|TZ|TMPDIR|TMP|TEMP|BROWSER|DISPLAY|XAUTHORITY|DESKTOP_SESSION|SESSION_MANAGER|PWD|GNOME_KEYRING_CONTROL|GNOME_DESKTOP_SESSION_ID|KDE_FULL_SESSION|KDE_SESSION_VERSION|DBUS_SESSION_BUS_ADDRESS|DBUS_STARTER_ADDRESS|ADB_SERVER_SOCKET|ANDROID_ADB_SERVER_(?:ADDRESS|PORT)|__CF_USER_TEXT_ENCODING)$|^(?:LC|XDG|WAYLAND|WSL|VSCODE|REMOTE_CONTAINERS|MOZ|GTK|QT|SNAP|FLATPAK)(?:_|$)|^WSLENV$/

/** Windows doesn't tell upper case from lower case here, and little runs there without these. */
const passingAnyCase =
  /^(?:https?_proxy|no_proxy|all_proxy|path|pathext|comspec|systemroot|systemdrive|windir|os|appdata|localappdata|programdata|programfiles|programfiles\(x86\)|programw6432|commonprogramfiles|userprofile|username|userdomain|homedrive|homepath|computername|number_of_processors|processor_architecture|public|allusersprofile)$/i

/** Gives the part of an environment that a child process gets: nothing of nv's own, nothing that may be a secret. */
export function childEnvironment(env: Environment): Record<string, string> {
  const names = Object.keys(env).filter((name) => passing.test(name) || passingAnyCase.test(name))
  return Object.fromEntries(names.map((name) => [name, env[name] ?? '']))
}
