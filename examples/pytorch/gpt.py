"""A small GPT learns to add numbers of two digits. Run: python gpt.py [TO] [STEPS] [WIDTH]"""

import sys

import torch
from torch import nn

import lossledger

to = sys.argv[1] if len(sys.argv) > 1 else "localhost:9092"
steps = int(sys.argv[2]) if len(sys.argv) > 2 else 300
width = int(sys.argv[3]) if len(sys.argv) > 3 else 64

device = "cuda" if torch.cuda.is_available() else "cpu"
torch.manual_seed(3)
a, b = torch.randint(100, (2, 20_000))
texts = [f"{x:02d}+{y:02d}={x + y:03d};" for x, y in zip(a.tolist(), b.tolist())]
letters = sorted(set("".join(texts)))
tokens = torch.tensor([[letters.index(letter) for letter in text] for text in texts])


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, 4, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        later = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        normed = self.norm1(x)
        x = x + self.attention(normed, normed, normed, attn_mask=later, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.token, self.position = nn.Embedding(len(letters), width), nn.Embedding(tokens.shape[1], width)
        self.blocks = nn.Sequential(*(Block() for _ in range(2)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, len(letters))

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.token(x) + self.position.weight[: x.shape[1]])))


def loss(model, batch):
    return nn.functional.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())


model = Gpt().to(device)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
ledger = lossledger.watch(model, optimizer, loss=loss, data=tokens[500:], fixed={"validation": tokens[:500]}, to=to)
for step in range(steps):
    optimizer.zero_grad()
    loss(model, tokens[500:][torch.randint(len(tokens) - 500, (64,))].to(device)).backward()
    optimizer.step()
print(ledger.finish())
