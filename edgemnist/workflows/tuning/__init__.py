"""What `tune` is made of, the only place that knows Optuna.

searching.py   a search: what all its workers do alike, and what comes of it as our own records
study.py       one study of Optuna's, opened or begun
attempts.py    the trials of a study: which are left to begin, and which lost their worker
workers.py     one process of those that run the trials
trials.py      one trial: values are drawn, a recipe is trained
costs.py       what a recipe costs on a device
storages.py    where a study is kept: a journal, or a database whose server may be away
journal.py     a journal in a file
"""

INSTALL = "pip install 'edgemnist[tune]'"
