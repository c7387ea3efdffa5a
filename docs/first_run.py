"""Five lines added to a training loop record it; the README and the first-run page show this block."""
# ruff: noqa: E701, E702, F821
# fmt: off

from epochscope import Recorder

with Recorder("runs/first", model, optimizer=optimizer) as recorder:
    recorder.log_images(validation_set)        # once: labels, pictures
    for step, (inputs, targets) in enumerate(loader):
        loss = criterion(model(inputs), targets)
        loss.backward(); optimizer.step(); optimizer.zero_grad()
        recorder.step(loss=loss)               # the rest when due
        if step % 200 == 0: recorder.validate(validation_loader)
