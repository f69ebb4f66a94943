"""Styles for Textual's own widgets: quiet buttons, legible texts, backgrounds that fit in 16 colours."""

from typing import Final

STOCK_CSS: Final = """
Button, Button.-primary { background: $primary-muted; color: $text-primary; }
Button.-warning { background: $warning-muted; color: $text-warning; }
Button.-error { background: $error-muted; color: $text-error; }
Button:focus {
    background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
}
Button.-textual-compact:disabled { border: none !important; }

Input > .input--placeholder, Input > .input--suggestion { color: $text-muted; text-style: none; }
Select > SelectCurrent > Static#label { color: $text-muted; }
Select > SelectCurrent.-has-value > Static#label { color: $foreground; }

ToastRack { margin-bottom: 3; }
Toast { max-width: 50%; background: $panel; }

MainScreen:ansi, Input:ansi, ToggleButton:ansi, Select:ansi > SelectCurrent
{ background: $surface; color: $foreground; }
Input:ansi > .input--cursor { background: $input-cursor-background; color: $input-cursor-foreground; }
Toast:ansi { background: $panel; color: $foreground; border: round $border; padding: 0 1; }

MainScreen.-short ToastRack { margin-bottom: 2; }
MainScreen.-short ToastHolder { display: none; }
MainScreen.-short ToastHolder:last-child { display: block; }
MainScreen.-short Toast, MainScreen.-short Toast:ansi {
    width: 1fr; max-width: 100%; max-height: 5; padding: 0 1; margin: 0; border-top: none; border-right: none;
    border-bottom: none;
}
"""
