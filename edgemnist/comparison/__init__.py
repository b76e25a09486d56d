"""Two models compared.

`answers` holds what is found, `tally` measures it, `gate` judges it, `statistics` says how sure it is.
"""
