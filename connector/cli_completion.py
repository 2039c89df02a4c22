"""`escalation completion`: the script that makes a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from connector.cli_words import Names


@click.command()
@click.argument("shell", type=Names(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what makes your shell complete commands, options and names.

    \b
    Example:
      escalation completion bash > ~/.local/share/bash-completion/completions/escalation
      escalation completion zsh > ~/.zfunc/_escalation
      escalation completion fish > ~/.config/fish/completions/escalation.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"this click knows no completion for {shell}")
    program = "escalation"
    script = kind(ctx.find_root().command, {}, program, f"_{program.upper()}_COMPLETE")
    click.echo(script.source())
