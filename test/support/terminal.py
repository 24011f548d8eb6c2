# Runs a command on a terminal of its own. Standard input is typed there, and its end closes the terminal; what the
# terminal shows comes out on standard output. On standard error, a JSON object a line: the process id, each stop
# with the state of the terminal, and the end.
import fcntl, json, os, pty, select, signal, struct, sys, termios

def tell(**facts):
    os.write(2, (json.dumps(facts) + "\n").encode())

pid, master = pty.fork()
if pid == 0:
    # Before the program looks at it.
    columns = int(os.environ.pop("TERMINAL_COLUMNS", "120"))
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])

tell(pid=pid)
is_open = True
while True:
    watched = [0, master] if is_open else []
    for file in select.select(watched, [], [], 0.02)[0]:
        try:
            data = os.read(file, 65536)
        except OSError:
            data = b""
        if file == master and data:
            os.write(1, data)
        elif file == 0 and data:
            os.write(master, data)
        else:
            os.close(master)
            is_open = False
            break
    found, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
    if found == 0:
        continue
    if os.WIFSTOPPED(status):
        flags = termios.tcgetattr(master)[3]
        tell(stopped=signal.Signals(os.WSTOPSIG(status)).name, echo=bool(flags & termios.ECHO), lines=bool(flags & termios.ICANON))
        continue
    ended = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else None
    tell(exitCode=os.waitstatus_to_exitcode(status) if ended is None else None, signal=ended)
    break
