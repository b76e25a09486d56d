"""What `report` gathers, a module a part of it.

answers.py   all answers of each file, taken while `verify` runs it: confusion, and which file and data they are of
benchmarks.py  what an earlier benchmark says of the files
facts.py     what the manifest says of a file, and its trainings
families.py  a source and its forms, layer by layer
gallery.py   the images that moved
"""
