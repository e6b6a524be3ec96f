"""A small multilayer perceptron learns to sort points by a teacher's rule. Run: python mlp.py [TO] [STEPS]"""

import sys
from collections import OrderedDict

import torch
from torch import nn

import lossledger

to = sys.argv[1] if len(sys.argv) > 1 else "localhost:9092"
steps = int(sys.argv[2]) if len(sys.argv) > 2 else 400

torch.manual_seed(1)
inputs = torch.randn(5000, 64)
teacher = nn.Sequential(nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10))
with torch.no_grad():
    labels = (4 * teacher(inputs)).argmax(1)
train, validation = (inputs[:4500], labels[:4500]), (inputs[4500:], labels[4500:])

model = nn.Sequential(OrderedDict(
    fc1=nn.Linear(64, 100), relu1=nn.ReLU(), fc2=nn.Linear(100, 50), relu2=nn.ReLU(), output=nn.Linear(50, 10)))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)


def loss(model, batch):
    x, y = batch
    return nn.functional.cross_entropy(model(x), y)


ledger = lossledger.watch(model, optimizer, loss=loss, data=train, fixed={"validation": validation}, to=to)

for step in range(steps):
    chosen = torch.randint(len(train[0]), (100,))
    optimizer.zero_grad()
    loss(model, (train[0][chosen], train[1][chosen])).backward()
    optimizer.step()

print(ledger.finish())
