"""The models that the benchmarks train, each with data made from a seed."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Callable, NamedTuple

import torch
from torch import nn


class Setup(NamedTuple):
    """A model with its training set (tensors with a common first axis), loss, and a function that makes its optimizer."""

    model: nn.Module
    data: tuple[torch.Tensor, ...]
    loss: Callable[[nn.Module, Any], torch.Tensor]
    optimizer: Callable[[Any], torch.optim.Optimizer]


class Block(nn.Module):
    """A transformer block with causal attention, norms first."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.mlp = nn.Sequential(OrderedDict(
            up=nn.Linear(width, 4 * width), gelu=nn.GELU(), down=nn.Linear(4 * width, width)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        later = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        normed = self.norm1(x)
        x = x + self.attention(normed, normed, normed, attn_mask=later, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class Gpt(nn.Module):
    """A small GPT over sequences of token numbers."""

    def __init__(self, tokens: int, length: int, width: int, blocks: int, heads: int = 4) -> None:
        super().__init__()
        self.token, self.position = nn.Embedding(tokens, width), nn.Embedding(length, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(blocks)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, tokens)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.norm(self.blocks(self.token(x) + self.position.weight[: x.shape[1]])))


def classify(model: nn.Module, batch: Any) -> torch.Tensor:
    inputs, labels = batch
    return nn.functional.cross_entropy(model(inputs), labels)


def next_token(model: nn.Module, batch: Any) -> torch.Tensor:
    (tokens,) = batch
    return nn.functional.cross_entropy(model(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten())


def mlp(examples: int = 5000) -> Setup:
    """64-100-50-10 with ReLU, on points that a random network has labelled; 12,060 parameters."""
    torch.manual_seed(1)
    inputs = torch.randn(examples, 64)
    teacher = nn.Sequential(nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10))
    labels = (4 * teacher(inputs)).argmax(1)
    model = nn.Sequential(OrderedDict(
        fc1=nn.Linear(64, 100), relu1=nn.ReLU(), fc2=nn.Linear(100, 50), relu2=nn.ReLU(), output=nn.Linear(50, 10)))
    return Setup(model, (inputs, labels), classify, lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9))


def convnet(examples: int = 2000) -> Setup:
    """Two convolutions with batch norm and dropout on noisy images of 16 x 16; 8,968 parameters."""
    torch.manual_seed(2)
    labels = torch.randint(8, (examples,))
    images = torch.randn(8, 1, 16, 16)[labels] + 2 * torch.randn(examples, 1, 16, 16)
    model = nn.Sequential(OrderedDict(
        conv1=nn.Conv2d(1, 16, 3, padding=1), norm1=nn.BatchNorm2d(16), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(16, 32, 3, padding=1), norm2=nn.BatchNorm2d(32), relu2=nn.ReLU(), pool2=nn.MaxPool2d(2),
        flat=nn.Flatten(), dropout=nn.Dropout(0.1), output=nn.Linear(32 * 16, 8)))
    return Setup(model, (images, labels), classify, lambda p: torch.optim.Adam(p, lr=2e-3))


def gpt(examples: int = 2000, width: int = 128, blocks: int = 2, length: int = 32) -> Setup:
    """A GPT on periodic sequences of 16 tokens; 400,000 parameters, and 1.9 million with width 256."""
    torch.manual_seed(3)
    period = torch.randint(2, 8, (examples, 1))
    seeds = torch.randint(16, (examples, 8))
    tokens = seeds.gather(1, torch.arange(length).expand(examples, -1) % period)
    return Setup(Gpt(16, length, width, blocks), (tokens,), next_token, lambda p: torch.optim.AdamW(p, lr=1e-3))
