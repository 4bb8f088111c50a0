"""The syntax head: from the token states of a text's words to a tag, a head and a relation for each word.

    x_i = joined mean states of the word's pieces, and its `surface` features
    h_i = relu(input x_i)
    c_i = h_i + relu(context [h_(i-1); h_i; h_(i+1)])        once for each context layer; 0 beyond the ends
    tag      argmax of tag c_i
    head     argmax over j of relu(dependent c_i) . arc relu(governor c_j) + prior relu(governor c_j) + distance[j - i], j != i;
             the root stands as one more j with a vector of its own in place of relu(governor c_j) and no distance
    relation argmax of relation relu(below c_i + above c_j), j the head; `root` where the root is the head
"""

import numpy as np
import torch
from torch import nn

FAR = 12  # distances beyond it share one prior
SURFACE = 8


def surface(text, words):
    """What the uncased encoder does not see: capitals and the marks around each word. float32 [words, SURFACE]."""
    rows, end = [], 0
    for position, (start, stop) in enumerate(words):
        word, before = text[start:stop], text[end:start]
        letters = [c for c in word if c.isalpha()]
        rows.append([
            word[0].isupper(),
            len(letters) > 1 and all(c.isupper() for c in letters),
            any(c.isdigit() and c.isascii() for c in word),
            "," in before,
            any(c in ".;:!?…–—-/" for c in before),
            any(c in "\"“”‘’'()[]*" for c in before),
            position == 0,
            any(c in "'’" for c in word),
        ])
        end = stop
    return np.array(rows, np.float32).reshape(-1, SURFACE)


class SyntaxHead(nn.Module):
    def __init__(self, width, n_tags, n_relations, hidden=192, arc=96, relation=96, context_layers=1, dropout=0.3):
        super().__init__()
        self.input = nn.Linear(width, hidden)
        self.context = nn.ModuleList(nn.Linear(3 * hidden, hidden) for _ in range(context_layers))
        self.tag = nn.Linear(hidden, n_tags)
        self.dependent, self.governor = nn.Linear(hidden, arc), nn.Linear(hidden, arc)
        self.arc = nn.Parameter(torch.eye(arc) * 0.1)
        self.prior = nn.Parameter(torch.zeros(arc))
        self.root = nn.Parameter(torch.zeros(arc))
        self.distance = nn.Parameter(torch.zeros(2 * FAR + 1))
        self.below, self.above = nn.Linear(hidden, relation), nn.Linear(hidden, relation, bias=False)
        self.relation = nn.Linear(relation, n_relations)
        self.root_above = nn.Parameter(torch.zeros(relation))
        self.dropout = nn.Dropout(dropout)

    def words(self, inputs, mask):
        """`inputs` [texts, words, width], `mask` [texts, words]: [texts, words, hidden]."""
        states = self.dropout(torch.relu(self.input(self.dropout(inputs)))) * mask[..., None]
        for layer in self.context:
            edge = torch.zeros_like(states[:, :1])
            before, after = torch.cat([edge, states[:, :-1]], 1), torch.cat([states[:, 1:], edge], 1)
            states = (states + self.dropout(torch.relu(layer(torch.cat([before, states, after], 2))))) * mask[..., None]
        return states

    def arcs(self, states, mask):
        """Score of each head: [texts, words, words + 1], the root last."""
        n = states.shape[1]
        dependent, governor = self.dropout(torch.relu(self.dependent(states))), self.dropout(torch.relu(self.governor(states)))
        governor = torch.cat([governor, torch.relu(self.root).expand(len(states), 1, -1)], 1)
        scores = dependent @ self.arc @ governor.transpose(1, 2) + (governor @ self.prior)[:, None, :]
        place = torch.arange(n)
        distance = self.distance[(place[None, :] - place[:, None]).clamp(-FAR, FAR) + FAR]
        scores = scores + torch.cat([distance, torch.zeros(n, 1)], 1)
        others = mask[:, None, :] & ~torch.eye(n, dtype=torch.bool)
        allowed = torch.cat([others, torch.ones(len(states), n, 1, dtype=torch.bool)], 2)
        return scores.masked_fill(~allowed, -1e9)

    def relations(self, states, heads):
        """Scores of the relations [texts, words, relations] where `heads` [texts, words] are positions, the root the last."""
        above = torch.cat([self.above(states), self.root_above.expand(len(states), 1, -1)], 1)
        above = above.gather(1, heads[..., None].expand(-1, -1, above.shape[2]))
        return self.relation(self.dropout(torch.relu(self.below(states) + above)))
