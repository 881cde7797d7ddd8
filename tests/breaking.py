"""Ways to change a folder of Essex so that it breaks."""


def cell(name, row, column, value):
    return lambda copy: copy.cell(name, row, column, value)


def toml(old, new):
    return lambda copy: copy.text("programme.toml", old, new)


def data(name, content):
    return lambda copy: (copy.path / name).write_bytes(content)


def lines(name, old, new):
    return lambda copy: copy.text(name, old, new)


def all_of(*changes):
    def change(copy):
        for one in changes:
            one(copy)

    return change


def oversized(name, size):
    def change(copy):
        with (copy.path / name).open("r+b") as file:
            file.truncate(size)

    return change
