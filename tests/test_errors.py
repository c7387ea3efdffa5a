"""What a reader is told when a callback fails: a sentence they can act on, or that the log knows more."""

import json
import logging

import pytest
from dash import Input, Output

from app import create_app
from data.errors import NothingRecordedError


def answer(client, error):
    """Let a callback of a running app raise `error`; return what the browser is told."""

    def fail(_):
        raise error

    app = create_app()
    app.callback(Output("chart", "figure"), Input("button", "n_clicks"))(fail)
    response = app.server.test_client().post(
        "/_dash-update-component",
        json={
            "output": "chart.figure",
            "outputs": {"id": "chart", "property": "figure"},
            "inputs": [{"id": "button", "property": "n_clicks", "value": 1}],
            "changedPropIds": ["button.n_clicks"],
        },
    )
    assert response.status_code == 200
    return json.dumps(response.json["sideUpdate"]["error-banner"], ensure_ascii=False)


def test_what_a_reader_can_act_on_is_told_word_for_word(client):
    sentence = "The run 'first' has no predictions; recorder.validate records them."
    told = answer(client, NothingRecordedError(sentence))
    assert sentence in told
    assert '"role": "alert"' in told


def test_anything_else_is_logged_and_not_shown(client, caplog):
    with caplog.at_level(logging.ERROR, logger="epochscope"):
        told = answer(client, KeyError("secret detail"))
    assert "secret detail" not in told
    assert "The log of the server has the details." in told
    assert caplog.records[-1].exc_info[1].args == ("secret detail",)


@pytest.mark.parametrize("error", [NothingRecordedError("No."), ValueError("No.")])
def test_an_error_can_be_put_away(client, error):
    assert '"data-do": "dismiss"' in answer(client, error)
