"""A convolutional network with batch norm recognizes the direction of bars in noise. Run: python convnet.py [TO] [STEPS]"""

import math
import sys
from collections import OrderedDict

import torch
from torch import nn

import lossledger

to = sys.argv[1] if len(sys.argv) > 1 else "localhost:9092"
steps = int(sys.argv[2]) if len(sys.argv) > 2 else 200

torch.manual_seed(2)


def bars(count, size=16):
    """Images [count, 1, size, size] of a bar through the middle, and which of eight directions it has."""
    directions = torch.randint(8, (count,))
    angle = directions[:, None, None] * math.pi / 8
    y, x = torch.meshgrid(torch.linspace(-1, 1, size), torch.linspace(-1, 1, size), indexing="ij")
    distance = (x * torch.sin(angle) - y * torch.cos(angle)).abs()
    return ((distance < 0.2).float() + 0.7 * torch.randn(count, size, size))[:, None], directions


train, validation = bars(4000), bars(500)

model = nn.Sequential(OrderedDict(
    conv1=nn.Conv2d(1, 16, 3, padding=1), norm1=nn.BatchNorm2d(16), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2),
    conv2=nn.Conv2d(16, 32, 3, padding=1), norm2=nn.BatchNorm2d(32), relu2=nn.ReLU(), pool2=nn.MaxPool2d(2),
    flat=nn.Flatten(), dropout=nn.Dropout(0.1), output=nn.Linear(32 * 16, 8)))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)


def loss(model, batch):
    images, directions = batch
    return nn.functional.cross_entropy(model(images), directions)


with lossledger.watch(model, optimizer, loss=loss, data=train, fixed={"validation": validation}, to=to) as ledger:
    for step in range(steps):
        chosen = torch.randint(len(train[0]), (64,))
        optimizer.zero_grad()
        loss(model, (train[0][chosen], train[1][chosen])).backward()
        optimizer.step()

print(ledger.finish())
