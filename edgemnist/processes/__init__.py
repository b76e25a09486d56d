"""Programs and child processes: started here only, each in a session of its own, so that none outlives this process.

    tools      run_tool: a program's output, within a time limit
    child      a function of edgemnist's own in a child process, asked over a pipe, within limits
    limits     time, memory, file size and open files
    guard      ends everything if this process dies, however it dies
    sessions   who runs, in which session, with how much memory

Two kinds of end are covered. Where this process can still act (Ctrl-C, an error, a limit), it kills the session.
Where it can't (SIGKILL), its guard does.
"""
