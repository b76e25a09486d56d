"""`python -m edgemnist`."""

from edgemnist.cli import main

if __name__ == "__main__":
    main()
