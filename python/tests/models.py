"""Models of every kind of module, each with a loss and data, for tests that must hold for all of them."""

from __future__ import annotations

import warnings
from typing import Any, Callable, NamedTuple

import torch
from torch import nn
from torch.nn import functional


class Case(NamedTuple):
    make: Callable[[], nn.Module]
    data: Callable[[], tuple[torch.Tensor, torch.Tensor]]


def loss(model: nn.Module, batch: Any) -> torch.Tensor:
    inputs, labels = batch
    return functional.cross_entropy(model(inputs), labels)


class Recurrent(nn.Module):
    def __init__(self, kind: Any, **options: Any) -> None:
        super().__init__()
        self.cells = kind(4, 5, batch_first=True, **options)
        self.out = nn.Linear(5 * (2 if options.get("bidirectional") else 1), 3)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.out(self.cells(inputs)[0][:, -1])


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(7, 8)
        self.attention = nn.MultiheadAttention(8, 2, dropout=0.1, batch_first=True)
        self.norm = nn.LayerNorm(8)
        self.out = nn.Linear(8, 3)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        values = self.words(words)
        return self.out(self.norm(values + self.attention(values, values, values)[0]).mean(1))


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(7, 8)
        self.out = nn.Linear(8, 7, bias=False)
        self.out.weight = self.words.weight

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        return self.out(self.words(words).mean(1))


class Bare(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(1.5))
        self.unused = nn.Parameter(torch.randn(3))
        self.pair = nn.Bilinear(6, 6, 3)
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return self.scale * self.pair(inputs, inputs)


def vectors(*shape: int) -> Callable[[], tuple[torch.Tensor, torch.Tensor]]:
    return lambda: (torch.randn(24, *shape), torch.randint(0, 3, (24,)))


def words() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randint(0, 7, (24, 5)), torch.randint(0, 3, (24,))


def frozen() -> nn.Module:
    model = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3))
    model[0].requires_grad_(False)
    return model


def around(middle: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    return lambda: nn.Sequential(nn.Linear(6, 8), middle(), nn.Tanh(), nn.Linear(8, 3))


def convolution(make: Callable[[], list[nn.Module]]) -> Callable[[], nn.Module]:
    return lambda: nn.Sequential(*make(), nn.Tanh(), nn.Flatten(), nn.LazyLinear(3))


def orthogonal() -> nn.Module:
    return nn.utils.parametrizations.orthogonal(nn.Linear(8, 8))


def images(channels: int, size: int) -> Callable[[], tuple[torch.Tensor, torch.Tensor]]:
    return vectors(channels, size, size)


CASES: dict[str, Case] = {
    "linear": Case(lambda: nn.Linear(6, 3), vectors(6)),
    "dropout": Case(around(lambda: nn.Dropout(0.4)), vectors(6)),
    "batch norm 1d": Case(around(lambda: nn.BatchNorm1d(8)), vectors(6)),
    "batch norm 2d": Case(convolution(lambda: [nn.Conv2d(2, 4, 3, bias=False), nn.BatchNorm2d(4)]), images(2, 5)),
    "layer norm": Case(around(lambda: nn.LayerNorm(8)), vectors(6)),
    "group norm": Case(convolution(lambda: [nn.Conv2d(2, 4, 3), nn.GroupNorm(2, 4)]), images(2, 5)),
    "instance norm": Case(convolution(lambda: [
        nn.Conv2d(2, 4, 3), nn.InstanceNorm2d(4, affine=True, track_running_stats=True)]), images(2, 5)),
    "convolution 1d": Case(convolution(lambda: [nn.Conv1d(2, 4, 3)]), vectors(2, 8)),
    "grouped convolution": Case(convolution(lambda: [nn.Conv2d(4, 6, 3, groups=2)]), images(4, 5)),
    "channels last": Case(convolution(lambda: [
        nn.Conv2d(2, 4, 3).to(memory_format=torch.channels_last)]), images(2, 5)),
    "transposed convolution": Case(convolution(lambda: [nn.ConvTranspose2d(4, 6, 3, groups=2)]), images(4, 3)),
    "attention and embedding": Case(Attention, words),
    "lstm": Case(lambda: Recurrent(nn.LSTM, num_layers=2, bidirectional=True, dropout=0.2), vectors(5, 4)),
    "gru": Case(lambda: Recurrent(nn.GRU), vectors(5, 4)),
    "rnn": Case(lambda: Recurrent(nn.RNN), vectors(5, 4)),
    "weight norm": Case(around(lambda: nn.utils.weight_norm(nn.Linear(8, 8))), vectors(6)),
    "spectral norm": Case(around(lambda: nn.utils.spectral_norm(nn.Linear(8, 8))), vectors(6)),
    "parametrized spectral norm": Case(
        around(lambda: nn.utils.parametrizations.spectral_norm(nn.Linear(8, 8))), vectors(6)),
    "parametrized orthogonal": Case(around(orthogonal), vectors(6)),
    "tied weights": Case(Tied, words),
    "frozen layer": Case(frozen, vectors(6)),
    "slopes of PReLU": Case(around(lambda: nn.PReLU(8)), vectors(6)),
    "bare, bilinear and unused parameters": Case(Bare, vectors(6)),
    "random ReLU": Case(around(nn.RReLU), vectors(6)),
}


def build(name: str) -> tuple[nn.Module, tuple[torch.Tensor, torch.Tensor]]:
    """The model of a case and its data, the same each time."""
    torch.manual_seed(5)
    data = CASES[name].data()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lazy modules are new, says torch
        model = CASES[name].make()
        model(data[0])
    return model, data
