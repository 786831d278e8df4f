using MudBlazor;

namespace Alumia.Lab.Layout;

internal static class Confirmations
{
    /// <summary>Asks before what cannot be taken back; false where the person leaves in any other way.</summary>
    public static async Task<bool> ConfirmAsync(this IDialogService dialogs, string title, string text, string yes) =>
        await dialogs.ShowMessageBoxAsync(title, text, yesText: yes, cancelText: "Cancel") == true;
}
