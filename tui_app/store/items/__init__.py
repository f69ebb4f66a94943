"""Items: conversion between rows and columns, categories, genres, details, episodes."""
