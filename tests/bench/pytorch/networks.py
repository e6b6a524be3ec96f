"""The networks of the trainer in PyTorch: the same functions of the same parameters, written the way PyTorch runs them fast.

Nothing here comes from the Java code but the names of layers, and where their tensors lie in the flat parameters.
"""

import torch
import torch.nn.functional as F

EPSILON = 1e-5


class Parameters:
    """Leaf tensors made from the flat parameters, by layer and key."""

    def __init__(self, description, flat, channels_last=False):
        self.slots = {}
        for layer in description["layers"]:
            for tensor in layer["tensors"]:
                key = tensor["name"].rsplit("_", 1)[1]
                shape = unit_major(key, tensor["shape"])
                offset = tensor["offset"]
                leaf = flat[offset : offset + torch.Size(shape).numel()].clone().reshape(shape)
                if channels_last and leaf.dim() == 4:
                    leaf = leaf.contiguous(memory_format=torch.channels_last)
                self.slots[layer["name"], key] = (offset, leaf.requires_grad_())

    def __getitem__(self, name):
        return self.slots[name][1]

    def clear_gradient(self):
        for _, leaf in self.slots.values():
            leaf.grad = None

    def gradient(self):
        """Of all tensors, one behind the other."""
        return torch.cat([leaf.grad.contiguous().reshape(-1) for _, leaf in self.slots.values()])

    def of(self, flat):
        """What a flat vector holds at the tensors; what lies between them are running statistics of batch norm."""
        return torch.cat([flat[offset : offset + leaf.numel()] for offset, leaf in self.slots.values()])


def unit_major(key, shape):
    """How a tensor lies in the flat parameters: units first, so dense weights are [out, in]; all but weights are vectors."""
    if key != "W":
        return [shape[-1]]
    return shape[::-1] if len(shape) == 2 else shape


def has_batch_statistics(description):
    return any(tensor["name"].endswith("_gamma") for layer in description["layers"] for tensor in layer["tensors"])


def logits(network, parameters, images):
    """Of images [n, channels, height, width]."""
    return NETWORKS[network](parameters, images)


def dense(p, name, x):
    return F.linear(x, p[name, "W"], p[name, "b"])


def convolution(p, name, x, stride=1):
    """As large as the image, or half of it. What padding cannot be shared evenly goes below and to the right."""
    weights = p[name, "W"]
    size, kernel = x.shape[-1], weights.shape[-1]
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    if total % 2 == 0:
        return F.conv2d(x, weights, p[name, "b"], stride=stride, padding=total // 2)
    before, after = total // 2, total - total // 2
    return F.conv2d(F.pad(x, (before, after, before, after)), weights, p[name, "b"], stride=stride)


def norm(p, name, x):
    return F.batch_norm(x, None, None, p[name, "gamma"], p[name, "beta"], training=True, eps=EPSILON)


def mnist_fc(p, x):
    x = x.flatten(1)
    for name in ("fc1", "fc2"):
        x = F.relu(dense(p, name, x), inplace=True)
    return dense(p, "output", x)


def mnist_lenet(p, x):
    for name in ("conv1", "conv2"):
        # Pool and ReLU commute; a ReLU of a fourth of the values is cheaper.
        x = F.relu(F.max_pool2d(convolution(p, name, x), 2), inplace=True)
    x = F.relu(dense(p, "fc1", x.flatten(1)), inplace=True)
    return dense(p, "output", x)


def cifar_resnet20(p, x):
    x = F.relu(norm(p, "bn1", convolution(p, "conv1", x)), inplace=True)
    for stage in (1, 2, 3):
        for block in (1, 2, 3):
            name = f"s{stage}b{block}_"
            stride = 2 if stage > 1 and block == 1 else 1
            y = F.relu(norm(p, name + "bn1", convolution(p, name + "conv1", x, stride)), inplace=True)
            y = norm(p, name + "bn2", convolution(p, name + "conv2", y))
            shortcut = x if stride == 1 else convolution(p, name + "shortcut", x, stride)
            x = F.relu(y.add_(shortcut), inplace=True)
    return dense(p, "output", x.mean((2, 3)))


def cifar_allcnn(p, x):
    for number, stride in enumerate((1, 1, 2, 1, 1, 2, 1, 1), start=1):
        x = convolution(p, f"conv{number}", x, stride)
        if stride == 1:
            x = F.relu(norm(p, f"bn{number}", x), inplace=True)
    return convolution(p, "conv9", x).mean((2, 3))


NETWORKS = {
    "mnist-fc": mnist_fc,
    "mnist-lenet": mnist_lenet,
    "cifar-resnet20": cifar_resnet20,
    "cifar-allcnn": cifar_allcnn,
}
