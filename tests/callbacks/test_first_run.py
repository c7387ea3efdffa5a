from callbacks.first_run import show_folder
from data.demos import open_planted_run


def text(component):
    return str(component.to_plotly_json())


def test_waits_while_the_folder_is_empty(logdir):
    watch, facts = show_folder(1)
    assert "Nothing there yet" in text(watch)
    assert "runs found" in text(facts[1])


def test_waits_while_the_folder_is_missing(logdir):
    logdir.rmdir()
    watch, _ = show_folder(1)
    assert "the recorder makes it" in text(watch)


def test_sees_a_run_that_begins(logdir):
    run = open_planted_run(logdir, "first", steps=40, validations=2)
    run.advance(12)
    watch, _ = show_folder(2)
    assert "first has begun, step 12" in text(watch)
    run.finish()


def test_opens_the_run_that_began_first(logdir):
    for name in ("one", "two"):
        run = open_planted_run(logdir, name, steps=10, validations=2)
        run.advance(5)
        run.finish()
    watch, facts = show_folder(3)
    assert "one has begun" in text(watch)
    assert "'2'" in text(facts[1])


def test_says_when_the_folder_can_no_longer_be_read(logdir):
    logdir.rmdir()
    logdir.touch()
    watch, _ = show_folder(4)
    assert "is a file" in text(watch)
