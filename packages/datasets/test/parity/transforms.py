"""What torchvision's transforms compute, written with torch alone from their documented formulas and order of draws."""

import math

import torch
import torch.nn.functional as F


def rotation_scale_shear(angle, scale, shear):
    a, x, y = (math.radians(v) for v in (angle, *shear))
    rotation = torch.tensor([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]], dtype=torch.float64)
    along_x = torch.tensor([[1, -math.tan(x)], [0, 1]], dtype=torch.float64)
    along_y = torch.tensor([[1, 0], [-math.tan(y), 1]], dtype=torch.float64)
    return scale * rotation @ along_y @ along_x


def warp(image, angle, translate, scale, shear, mode='nearest', center=None, size=None):
    """`angle` clockwise, as torchvision's affine; places counted from the middle of the image."""
    height, width = image.shape[-2:]
    rows, columns = size or (height, width)
    middle = torch.zeros(2, dtype=torch.float64)
    if center is not None:
        middle = torch.tensor([center[0] - width / 2, center[1] - height / 2], dtype=torch.float64)
    inverse = torch.linalg.inv(rotation_scale_shear(angle, scale, shear))
    y, x = torch.meshgrid(
        torch.arange(rows, dtype=torch.float64) + 0.5 - rows / 2,
        torch.arange(columns, dtype=torch.float64) + 0.5 - columns / 2,
        indexing='ij',
    )
    places = torch.stack([x, y], -1) - torch.tensor(translate, dtype=torch.float64) - middle
    places = places @ inverse.T + middle
    grid = places / torch.tensor([width / 2, height / 2], dtype=torch.float64)
    batch = image.reshape(-1, *image.shape[-3:]).double()
    found = F.grid_sample(batch, grid.expand(len(batch), -1, -1, -1), mode, 'zeros', align_corners=False)
    return found.reshape(*image.shape[:-2], rows, columns).to(image.dtype)


def grey(image):
    r, g, b = image.unbind(-3)
    return (0.2989 * r + 0.587 * g + 0.114 * b).unsqueeze(-3)


def blend(a, b, ratio):
    return (ratio * a + (1 - ratio) * b).clamp(0, 1)


def adjust_hue(image, factor):
    import colorsys

    flat = image.movedim(-3, -1).reshape(-1, 3).double()
    turned = []
    for r, g, b in flat.tolist():
        h, s, v = colorsys.rgb_to_hsv(r, g, b)
        turned.append(colorsys.hsv_to_rgb((h + factor) % 1.0, s, v))
    result = torch.tensor(turned, dtype=torch.float64)
    return result.reshape(image.movedim(-3, -1).shape).movedim(-1, -3).to(image.dtype)


def contrast(image, factor):
    return blend(image, grey(image).mean(dim=(-3, -2, -1), keepdim=True), factor)


def resize(image, size, mode, antialias):
    batch = image.reshape(-1, *image.shape[-3:])
    options = {} if mode == 'nearest' else {'align_corners': False, 'antialias': antialias}
    return F.interpolate(batch, size=size, mode=mode, **options).reshape(*image.shape[:-2], *size)


def uniform(low, high):
    return torch.empty(1).uniform_(low, high).item()


def sides(area, scale, ratio):
    target = area * uniform(*scale)
    low, high = torch.log(torch.tensor(ratio))
    aspect = torch.exp(torch.empty(1).uniform_(low, high)).item()
    return int(round(math.sqrt(target * aspect))), int(round(math.sqrt(target / aspect)))


def whole(count):
    return torch.randint(0, count, size=(1,)).item()


def random_resized_crop(image, size, scale, ratio):
    height, width = image.shape[-2:]
    for _ in range(10):
        w, h = sides(height * width, scale, ratio)
        if 0 < w <= width and 0 < h <= height:
            i, j = whole(height - h + 1), whole(width - w + 1)
            break
    else:
        if width / height < min(ratio):
            w, h = width, int(round(width / min(ratio)))
        elif width / height > max(ratio):
            w, h = int(round(height * max(ratio))), height
        else:
            w, h = width, height
        i, j = (height - h) // 2, (width - w) // 2
    return resize(image[..., i : i + h, j : j + w], size, 'bilinear', True)


def random_erasing(image, p, scale, ratio, value):
    if torch.rand(1) >= p:
        return image
    channels, height, width = image.shape[-3:]
    for _ in range(10):
        h, w = sides(height * width, scale, ratio)
        if not (h < height and w < width):
            continue
        noise = torch.empty([channels, h, w]).normal_() if value == 'random' else torch.tensor(value)
        i, j = whole(height - h + 1), whole(width - w + 1)
        image = image.clone()
        image[..., i : i + h, j : j + w] = noise if value == 'random' else noise.reshape(-1, 1, 1)
        return image
    return image


def random_affine(image, degrees, translate, scale, shear):
    height, width = image.shape[-2:]
    angle = uniform(-degrees, degrees)
    dx, dy = translate[0] * width, translate[1] * height
    shift = (int(round(uniform(-dx, dx))), int(round(uniform(-dy, dy))))
    size = uniform(*scale)
    shear_x = uniform(shear[0], shear[1])
    shear_y = uniform(shear[2], shear[3])
    return warp(image, angle, shift, size, (shear_x, shear_y))


def color_jitter(image, brightness, contrast_range, saturation, hue):
    for which in torch.randperm(4):
        if which == 0:
            image = blend(image, 0, uniform(*brightness))
        if which == 1:
            image = contrast(image, uniform(*contrast_range))
        if which == 2:
            image = blend(image, grey(image), uniform(*saturation))
        if which == 3:
            image = adjust_hue(image, uniform(*hue))
    return image


def random_crop(image, size, padding):
    image = F.pad(image, [padding] * 4)
    height, width = image.shape[-2:]
    i, j = whole(height - size[0] + 1), whole(width - size[1] + 1)
    return image[..., i : i + size[0], j : j + size[1]]


def random_flip(image, p):
    return image.flip(-1) if torch.rand(1) < p else image


def random_rotation(image, degrees):
    return warp(image, -uniform(-degrees, degrees), (0, 0), 1, (0, 0))


def rotated_size(image, angle):
    """torchvision's _compute_affine_output_size: the corners turned, their extent rounded outwards."""
    height, width = image.shape[-2:]
    corners = torch.tensor([[-width, -height], [-width, height], [width, height], [width, -height]]) / 2
    a = math.radians(angle)
    turned = corners @ torch.tensor([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
    turned = turned + torch.tensor([width / 2, height / 2])
    cut = lambda x: (x / 1e-4).trunc() * 1e-4
    size = torch.ceil(cut(turned.max(0).values)) - torch.floor(cut(turned.min(0).values))
    return size.flip(0)


functions = {
    f.__name__: f
    for f in [
        warp, grey, adjust_hue, contrast, resize, random_resized_crop, random_erasing, random_affine,
        color_jitter, random_crop, random_flip, random_rotation, rotated_size,
    ]
}


def run(question):
    torch.manual_seed(question.get('seed', 0))
    image = torch.tensor(question['image'])
    result = functions[question['name']](image, *question['arguments'])
    # What is drawn next shows whether as much was drawn.
    return {'shape': list(result.shape), 'values': result.flatten().tolist(), 'next': whole(1_000_000)}
