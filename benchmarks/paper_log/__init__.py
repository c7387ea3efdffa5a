"""Writes a log of the size of ResNet-50 on ImageNet, with what DeepTracker's experts found planted in it."""
