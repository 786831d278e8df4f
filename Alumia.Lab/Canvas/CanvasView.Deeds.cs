using Alumia.Lab.Blocks;

namespace Alumia.Lab.Canvas;

// What people do on a canvas, by hand, by key or by a node's menu. What can be taken back is remembered.
public sealed partial class CanvasView
{
    /// <summary>Opens a session in the panel; of a block, the session that made it.</summary>
    internal Task OpenAsync(string nodeId) =>
        _models.GetValueOrDefault(nodeId)?.Content is { } node && (node.JoinedTo ?? (node as AgentNode)?.Id) is { } sessionId && sessionId != SessionId
            ? SessionIdChanged.InvokeAsync(sessionId)
            : Task.CompletedTask;

    internal async Task InspectAsync(string sessionId, string callId)
    {
        _inspected = new Inspection(LightOf(sessionId), (_models.GetValueOrDefault(sessionId)?.Content as AgentNode)?.Name ?? "", callId);
        await Inspect.InvokeAsync(_inspected);
    }

    /// <summary>Ends the turn under way; what was written so far stays.</summary>
    internal Task CancelAsync(string sessionId) => TryAsync(() => conversations.CancelAsync(Scope, sessionId, Gone));

    internal Task CollapseAsync(string nodeId)
    {
        if (_models.GetValueOrDefault(nodeId)?.Content is not { } node)
            return Task.CompletedTask;
        var was = node.IsCollapsed;
        return DoAsync($"{(was ? "Expanded" : "Collapsed")} {node.Title}",
            () => board.CollapseAsync(Scope, ProjectId, nodeId, !was, Gone), () => board.CollapseAsync(Scope, ProjectId, nodeId, was, Gone));
    }

    internal Task DeleteAsync(IReadOnlyList<string> nodeIds)
    {
        var nodes = nodeIds.Where(_models.ContainsKey).Select(id => _models[id].Content).ToList();
        if (nodes.Count == 0)
            return Task.CompletedTask;
        var words = nodes.Count == 1 ? $"Deleted {nodes[0].Title}" : $"Deleted {nodes.Count} nodes";
        var blocks = nodes.OfType<BlockNode>().Select(node => node.Id).ToList();
        var sessions = nodes.OfType<AgentNode>().Select(node => node.Id).ToList();
        return DoAsync(words,
            async () =>
            {
                if (blocks.Count > 0)
                    await shelf.DeleteAsync(Scope, blocks, Gone);
                foreach (var session in sessions)
                    await conversations.DeleteAsync(Scope, session, Gone);
                if (SessionId is { } open && sessions.Contains(open))
                    await SessionIdChanged.InvokeAsync(null);
                notices.Add(words, MudBlazor.Severity.Normal, options =>
                {
                    options.Action = "Undo";
                    options.OnClick = _ => InvokeAsync(UndoAsync);
                });
            },
            async () =>
            {
                foreach (var session in sessions)
                    await conversations.RestoreAsync(Scope, session, Gone);
                if (blocks.Count > 0)
                    await shelf.RestoreAsync(Scope, blocks, Gone);
            });
    }

    /// <summary>A second copy of each block among these; a session has no twin.</summary>
    internal async Task DuplicateAsync(IReadOnlyList<string> nodeIds)
    {
        foreach (var id in nodeIds.Where(id => _models.GetValueOrDefault(id) is BlockNodeModel))
        {
            Block? made = null;
            await TryAsync(async () => made = await shelf.DuplicateAsync(Scope, id, Gone));
            if (made is not null)
                await MadeAsync(made);
        }
    }

    /// <summary>A block that this person made: it is shown, and can be taken back.</summary>
    internal async Task MadeAsync(Block block)
    {
        Did($"Added {block.Title}", () => shelf.DeleteAsync(Scope, [block.Id], Gone), () => shelf.RestoreAsync(Scope, [block.Id], Gone));
        await RefreshAsync();
        await FlyToAsync([block.Id]);
    }

    internal Task TidyAsync()
    {
        var before = _nodes.Select(node => new NodeMove(node.Id, node.Box.X, node.Box.Y)).ToList();
        var after = _nodes.Zip(Tidy.Arrange(_nodes), (node, box) => new NodeMove(node.Id, box.X, box.Y)).ToList();
        return after.Count == 0 ? Task.CompletedTask : DoAsync("Tidied the canvas", () => MoveAsync(after), () => MoveAsync(before));
    }

    internal async Task UndoAsync() => await StepAsync(_undo.UndoAsync, "Undone", "There is nothing to undo");

    internal async Task RedoAsync() => await StepAsync(_undo.RedoAsync, "Done again", "There is nothing to redo");

    internal Task FitAsync() => _hand.TellAsync("fit");

    internal Task ZoomAsync(double by) => _hand.TellAsync("zoomBy", by);

    internal Task FlyToAsync(IReadOnlyList<string> nodeIds) => _hand.TellAsync("flyTo", nodeIds);

    internal async Task SnapAsync(bool isSnapping)
    {
        _isSnapping = isSnapping;
        await _hand.TellAsync("snap", isSnapping);
        Announce(isSnapping ? "Nodes snap to the grid" : "Nodes move freely");
    }

    internal async Task FollowAsync(bool isFollowing)
    {
        _isFollowing = isFollowing;
        Announce(isFollowing ? "Following the action" : "Not following");
        if (isFollowing)
            await FollowNowAsync();
    }

    internal Task HelpAsync()
    {
        _isHelpOpen = true;
        StateHasChanged();
        return Task.CompletedTask;
    }

    internal async Task HideHelpAsync()
    {
        _isHelpOpen = false;
        StateHasChanged();
        await _hand.TellAsync("focus");
    }

    /// <summary>Brings those at work into view, with what they made last.</summary>
    private Task FollowNowAsync()
    {
        var atWork = _nodes.OfType<AgentNode>().Where(node => node.Session.Status == Sessions.SessionStatus.Active).Select(node => node.Id).ToHashSet();
        var newest = _nodes.OfType<BlockNode>().Where(node => node.JoinedTo is { } to && atWork.Contains(to))
            .GroupBy(node => node.JoinedTo).Select(blocks => blocks.MaxBy(node => node.Block.UpdatedAtMs)!.Id);
        return atWork.Count == 0 ? Task.CompletedTask : FlyToAsync([.. atWork, .. newest]);
    }

    private async Task MoveAsync(IReadOnlyCollection<NodeMove> moves)
    {
        await board.MoveAsync(Scope, ProjectId, moves, Gone);
        await RefreshAsync();
    }

    private async Task DoAsync(string words, Func<Task> deed, Func<Task> undo)
    {
        if (await TryAsync(deed))
            Did(words, undo, deed);
        await RefreshAsync();
    }

    private void Did(string words, Func<Task> undo, Func<Task> redo)
    {
        _undo.Did(new Deed(words, undo, redo));
        Announce(words);
    }

    private async Task StepAsync(Func<Task<Deed?>> step, string done, string nothing)
    {
        await TryAsync(async () => Announce(await step() is { } deed ? $"{done}: {deed.Words}" : nothing));
        await RefreshAsync();
    }

    private async Task<bool> TryAsync(Func<Task> deed)
    {
        try
        {
            await deed();
            return true;
        }
        catch (Refusal refusal)
        {
            Announce(refusal.Message);
            notices.Add(refusal.Message, MudBlazor.Severity.Error);
            return false;
        }
    }
}
