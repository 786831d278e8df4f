using System.Globalization;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.AspNetCore.Components.Web;

namespace Alumia.Lab.Sandbox;

/// <summary>Lists a session's files, and reads them again whenever a command, a tool or a person has changed them.</summary>
public sealed partial class SessionFilesView(SessionFiles files, ChangeFeed changes) : IDisposable
{
    private const int MostAtOnce = 20;
    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _subscription;
    private ElementReference _close;
    private FileList? _files;
    private string? _deleting;
    private string? _refusal;
    private string? _sending;
    private int _sent;
    private int _uploads;
    private int _readings;

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public string SessionId { get; set; } = "";

    [Parameter] public bool MayAct { get; set; }

    [Parameter] public EventCallback Close { get; set; }

    /// <summary>Names a file in the message that is being written.</summary>
    [Parameter] public EventCallback<string> Attach { get; set; }

    public void Dispose()
    {
        _subscription?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override Task OnInitializedAsync()
    {
        _subscription = changes.Subscribe(Workspaces.Key(SessionId), () => _ = InvokeAsync(ReadAsync));
        return ReadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            await _close.FocusAsync();
    }

    /// <summary>A size as people read it: <c>1.5 KB</c>.</summary>
    internal static string Size(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KB"),
        < 1024L * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):0.#} GB"),
    };

    private async Task ReadAsync()
    {
        var reading = ++_readings;
        try
        {
            var list = await files.ListAsync(Scope, SessionId, _gone.Token);
            if (reading != _readings)
                return;
            _files = list;
            StateHasChanged();
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
            StateHasChanged();
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The page went away in mid-reading.
        }
    }

    private async Task UploadAsync(InputFileChangeEventArgs args)
    {
        _refusal = null;
        try
        {
            foreach (var file in args.GetMultipleFiles(MostAtOnce))
            {
                if (file.Size > files.MostUpload)
                    throw new Refusal(RefusalKind.TooLarge, $"{file.Name} is larger than {Size(files.MostUpload)}, the most that can be uploaded at once.");
                (_sending, _sent) = (file.Name, 0);
                await using var sent = new ProgressStream(file.OpenReadStream(files.MostUpload, _gone.Token), file.Size, Progress);
                await files.SaveAsync(Scope, SessionId, Path.GetFileName(file.Name), sent, _gone.Token);
            }
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            _refusal = exception is IOException ? "The file could not be read. Choose it again." : $"At most {MostAtOnce} files can be uploaded at once.";
        }
        catch (OperationCanceledException)
        {
            return; // The page went away in mid-upload.
        }
        // A field that is made anew takes the same file once more.
        (_sending, _uploads) = (null, _uploads + 1);
        await ReadAsync();
    }

    private void Progress(int percent)
    {
        if (percent == _sent)
            return;
        _sent = percent;
        StateHasChanged();
    }

    private async Task DeleteAsync(WorkspaceEntry file)
    {
        (_refusal, _deleting) = (null, null);
        try
        {
            await files.DeleteAsync(Scope, SessionId, file.Path, _gone.Token);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        await ReadAsync();
    }

    private Task LeaveAsync(KeyboardEventArgs args) => args.Key == "Escape" ? Close.InvokeAsync() : Task.CompletedTask;
}
